import type { Words } from "./en";

const th: Words = {
  title: "บันทึกการเปลี่ยนแปลง",
  lead: "ทุกการเปลี่ยนแปลง โดยใคร จากอะไรเป็นอะไร อยู่ในสายโซ่ที่เผยการแก้ไขย้อนหลัง",
  kind: "ประเภท",
  object: "รหัสรายการ",
  actor: "โดย",
  from: "ตั้งแต่",
  to: "ถึง",
  at: "เมื่อ",
  number: "ลำดับ",
  operation: "การกระทำ",
  operations: {
    insert: "เพิ่ม",
    update: "แก้ไข",
    delete: "ลบ",
  },
  changes: "ก่อน → หลัง",
  reason: "เหตุผล",
  checkpoint: "บันทึกจุดตรวจสอบ",
  checkpointHint: "มีลายเซ็น เก็บไว้ที่อื่น แล้วใช้ coldchain audit verify ตรวจว่าไม่มีการแก้ไข",
  empty: "ไม่มีการเปลี่ยนแปลงที่ตรงกับตัวกรอง",
  emptyNext: "ล้างตัวกรองเพื่อดูเพิ่ม",
};

export default th;
