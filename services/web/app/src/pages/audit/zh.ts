import type { Words } from "./en";

const zh: Words = {
  title: "审计",
  lead: "每一次变更：谁、从何改为何，链式保存，任何篡改都会暴露。",
  kind: "对象类型",
  object: "对象编号",
  actor: "操作人",
  from: "自",
  to: "至",
  at: "时间",
  number: "序号",
  operation: "操作",
  operations: {
    insert: "新增",
    update: "修改",
    delete: "删除",
  },
  changes: "变更前 → 变更后",
  reason: "原因",
  checkpoint: "保存检查点",
  checkpointHint: "已签名：另存他处，用 coldchain audit verify 可证明此前未被改动。",
  empty: "没有符合筛选条件的变更",
  emptyNext: "清除筛选条件以查看更多。",
};

export default zh;
