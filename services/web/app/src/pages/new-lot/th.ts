import type { Words } from "./en";

const th: Words = {
  title: "เพิ่มล็อต",
  village: "หมู่บ้าน",
  commodity: "ผลผลิต",
  choose: "เลือก…",
  recent: "ที่เพิ่มล่าสุด",
  weight: "น้ำหนัก (กก.)",
  crates: "จำนวนลัง",
  price: "ราคา (บาทต่อกก. ถ้าทราบ)",
  priceHint: "เมื่อรถเต็ม ของที่มีมูลค่าสูงกว่าจะถูกทิ้งไว้เป็นอันดับสุดท้าย",
  harvested: "เก็บเกี่ยวเมื่อ",
  now: "ตอนนี้",
  hourAgo: "1 ชั่วโมงก่อน",
  threeHoursAgo: "3 ชั่วโมงก่อน",
  morning: "06:00 วันนี้",
  grade: "เกรด (ถ้ามี)",
  save: "เพิ่มล็อต",
  saving: "กำลังบันทึก…",
  saved: (code) => `เพิ่มล็อต ${code} แล้ว`,
  undone: (code) => `ถอนล็อต ${code} แล้ว`,
  undoReason: "เพิ่มโดยผิดพลาด",
  code: "ป้าย",
  codeHint: "ตั้งให้โดยอัตโนมัติ แก้ได้หากลังของคุณใช้ป้ายอื่น",
  another: "หมู่บ้าน ผลผลิต และราคาจะคงไว้สำหรับล็อตถัดไป",
};

export default th;
