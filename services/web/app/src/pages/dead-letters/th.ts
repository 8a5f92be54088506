import type { Words } from "./en";

const th: Words = {
  title: "ข้อความที่รับไม่ได้",
  lead: "ข้อความที่รับไม่ได้พร้อมเหตุผล แก้สาเหตุแล้วรับใหม่ได้ ไม่มีอะไรถูกทิ้งเอง",
  state: "สถานะ",
  states: {
    open: "รอจัดการ",
    replayed: "รับใหม่แล้ว",
    discarded: "ทิ้งแล้ว",
    any: "ทั้งหมด",
  },
  reason: "เหตุผล",
  topic: "หัวข้อ (topic)",
  detail: "สิ่งที่ผิด",
  seen: "จำนวนครั้ง",
  came: "มาล่าสุด",
  size: "ไบต์",
  payload: "ข้อความ",
  show: "แสดง",
  replay: "รับใหม่",
  replayTitle: "รับข้อความนี้ใหม่หรือไม่",
  replayed: (stored) => `บันทึก ${stored} ค่าแล้ว`,
  discard: "ทิ้ง",
  discardTitle: "ทิ้งข้อความนี้หรือไม่",
  discardIntro: "จะปิดถาวร โดยบันทึกผู้ทำและเหตุผลไว้",
  discarded: "ทิ้งข้อความแล้ว",
  why: "เพราะอะไร",
  by: (who, why) => `โดย ${who}: ${why}`,
  empty: "ไม่มีข้อความค้าง",
  emptyNext: "รับข้อความจากเกตเวย์ได้ครบ",
};

export default th;
