import type { Words } from "./en";

const zh: Words = {
  title: "导入",
  lead: "CSV、Excel 或 JSON 文件：要么全部导入，要么全不导入。请先检查；确认导入前不会写入。",
  kind: "每行是什么",
  kinds: {
    villages: "村",
    lots: "批次",
    declarations: "预报采收",
    demands: "需求",
  },
  file: "文件",
  drop: "将文件拖到此处，或选择文件",
  sample: "带表头的空白表格",
  check: "检查",
  take: "导入",
  checking: "正在检查…",
  taking: "正在导入…",
  good: (rows) => `可导入 ${rows} 行，尚未写入。`,
  taken: (rows) => `已导入 ${rows} 行`,
  see: "查看",
  faults: (n) => `发现 ${n} 处错误：请改正文件后重新选择。没有写入任何内容。`,
  place: "位置",
  wrong: "错误",
  remedy: "处理方法",
  saveFaults: "错误清单（CSV）",
  tooLarge: (size) => `文件大于 ${size}：请拆分，或在服务器上使用 coldchain import。`,
  columns: "列",
  required: "必填",
  maybe: "可省略",
};

export default zh;
