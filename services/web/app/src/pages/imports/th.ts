import type { Words } from "./en";

const th: Words = {
  title: "นำเข้าข้อมูล",
  lead: "ไฟล์ CSV, Excel หรือ JSON รับทั้งไฟล์หรือไม่รับเลย ตรวจก่อนได้ จะยังไม่บันทึกจนกว่าคุณจะนำเข้า",
  kind: "แต่ละแถวคืออะไร",
  kinds: {
    villages: "หมู่บ้าน",
    lots: "ล็อตผลผลิต",
    declarations: "ผลผลิตที่แจ้ง",
    demands: "ความต้องการ",
  },
  file: "ไฟล์",
  drop: "วางไฟล์ที่นี่ หรือเลือกไฟล์",
  sample: "ไฟล์เปล่าพร้อมหัวตาราง",
  check: "ตรวจ",
  take: "นำเข้า",
  checking: "กำลังตรวจ…",
  taking: "กำลังนำเข้า…",
  good: (rows) => `นำเข้าได้ ${rows} แถว ยังไม่ได้บันทึก`,
  taken: (rows) => `นำเข้าแล้ว ${rows} แถว`,
  see: "ดูรายการ",
  faults: (n) => `พบข้อผิดพลาด ${n} จุด แก้ไฟล์แล้วเลือกใหม่ ยังไม่ได้บันทึก`,
  place: "ตำแหน่ง",
  wrong: "สิ่งที่ผิด",
  remedy: "วิธีแก้",
  saveFaults: "รายการข้อผิดพลาด (CSV)",
  tooLarge: (size) => `ไฟล์ใหญ่กว่า ${size} แบ่งไฟล์ หรือใช้คำสั่ง coldchain import บนเซิร์ฟเวอร์`,
  columns: "คอลัมน์",
  required: "จำเป็น",
  maybe: "เว้นได้",
};

export default th;
