import type { Words } from "./en";

const th: Words = {
  title: "ผลผลิตที่แจ้ง",
  add: "แจ้งผลผลิต",
  importFile: "นำเข้าจากไฟล์",
  village: "หมู่บ้าน",
  commodity: "ผลผลิต",
  variety: "พันธุ์",
  grade: "เกรด",
  expected: "คาดว่าจะได้",
  expectedKg: "คาดว่าจะได้ (กก.)",
  harvested: "เก็บเกี่ยวแล้ว",
  harvestOn: "วันเก็บเกี่ยว",
  confidence: "ความมั่นใจ (%)",
  confidenceHint: "การจัดหาจะนับเพียงส่วนนี้",
  group: "กลุ่มเกษตรกร",
  gap: "รหัส GAP",
  note: "หมายเหตุ",
  state: "สถานะ",
  states: {
    open: "รอเก็บเกี่ยว",
    harvested: "เก็บเกี่ยวแล้ว",
    withdrawn: "ถอนแล้ว",
  },
  save: "บันทึก",
  saved: (village) => `แจ้งผลผลิตของ ${village} แล้ว`,
  withdraw: "ถอน",
  withdrawTitle: (village) => `ถอนผลผลิตของ ${village} หรือไม่`,
  reason: "เหตุผล",
  withdrawn: (village) => `ถอนผลผลิตของ ${village} แล้ว`,
  empty: "ยังไม่มีการแจ้งผลผลิต",
  emptyNext: "ผลผลิตที่คาดไว้สามารถเสนอผู้ซื้อได้ก่อนเก็บ",
  change: "แก้ไข",
};

export default th;
