const en = {
  title: "Sign in",
  about: "Temperatures, collection plans and how long every shipment keeps.",
  tenant: "Group",
  tenantHint: "The short name of your growers' group or company",
  email: "E-mail",
  password: "Password",
  code: "Code of your authenticator app",
  codeHint: "Six digits, or one of your recovery codes",
  haveCode: "I have an authenticator code",
  submit: "Sign in",
  busy: "Signing in…",
  forgotten: "Forgotten your password? An administrator of your group can send you a link that sets a new one.",
};

export default en;
export type Words = typeof en;
