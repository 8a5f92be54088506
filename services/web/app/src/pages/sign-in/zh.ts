import type { Words } from "./en";

const zh: Words = {
  title: "登录",
  about: "温度、集货计划，以及每批货件还能保存多久。",
  tenant: "组织",
  tenantHint: "您所在果农组织或公司的简称",
  email: "电子邮箱",
  password: "密码",
  code: "验证器应用中的验证码",
  codeHint: "六位数字，或您的一个恢复码",
  haveCode: "我有验证码",
  submit: "登录",
  busy: "正在登录…",
  forgotten: "忘记密码？本组管理员可以给您发送设置新密码的链接。",
};

export default zh;
