import type { Words } from "./en";

const zh: Words = {
  title: "死信",
  lead: "无法接收的消息及原因。消除原因后可重新接收，不会自动丢弃。",
  state: "状态",
  states: {
    open: "待处理",
    replayed: "已重新接收",
    discarded: "已丢弃",
    any: "全部",
  },
  reason: "原因",
  topic: "主题",
  detail: "错误",
  seen: "次数",
  came: "最近一次",
  size: "字节",
  payload: "消息",
  show: "显示",
  replay: "重新接收",
  replayTitle: "要重新接收这条消息吗？",
  replayed: (stored) => `已存储 ${stored} 条读数`,
  discard: "丢弃",
  discardTitle: "要丢弃这条消息吗？",
  discardIntro: "将永久关闭；操作人和原因会被记录。",
  discarded: "已丢弃消息",
  why: "理由",
  by: (who, why) => `由 ${who}：${why}`,
  empty: "没有滞留的消息",
  emptyNext: "网关发送的内容均已接收。",
};

export default zh;
