import type { Words } from "./en";

const th: Words = {
  title: "เที่ยวรถ",
  plan: "แผนที่ประกาศ",
  openPlan: "เปิดแผน",
  run: "เที่ยวรถ",
  truck: "รถ",
  hub: "ศูนย์รวบรวม",
  state: "สถานะ",
  states: { assigned: "ยังไม่ออก", driving: "กำลังวิ่ง", delivered: "ส่งแล้ว", cancelled: "ยกเลิก" },
  stops: "จุดที่เสร็จ",
  of: (done, all) => `${done} จาก ${all}`,
  departs: "ออก",
  arrives: "ถึงศูนย์ตามแผน",
  expected: "คาดว่าถึง",
  delay: "ล่าช้า",
  inTime: "ตรงเวลา",
  sheet: "ใบงาน",
  empty: "ยังไม่มีเที่ยวรถ",
  emptyNext: "เที่ยวรถเกิดขึ้นเมื่อประกาศแผน",
  toPlans: "ไปที่แผน",
};

export default th;
