import type { Words } from "./en";

const th: Words = {
  title: "ล็อตผลผลิต",
  add: "เพิ่มล็อต",
  search: "ค้นหา",
  state: "สถานะ",
  verdict: "ผลประเมิน",
  code: "ล็อต",
  village: "หมู่บ้าน",
  commodity: "ผลผลิต",
  weight: "น้ำหนัก",
  crates: "ลัง",
  harvested: "เก็บเกี่ยว",
  life: "อายุที่เหลือ",
  keepsUntil: "เก็บได้ถึง",
  empty: "ยังไม่มีล็อต",
  emptyNext: "เพิ่มสิ่งที่เก็บเกี่ยวแล้ว ใช้เวลาเพียงหนึ่งนาที ทำบนโทรศัพท์ได้",
  noMatch: "ไม่มีล็อตตรงกับตัวกรองนี้",
  noMatchNext: "ล้างตัวกรอง หรือค้นหาด้วยคำอื่น",
  grade: "เกรด",
  truck: "รถ",
  hub: "ศูนย์รวบรวม",
};

export default th;
