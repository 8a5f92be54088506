/// <reference types="vite/client" />

declare module "virtual:land" {
  const address: string;
  export default address;
}
declare module "virtual:fonts/latin.css";
declare module "virtual:fonts/thai.css";
declare module "virtual:fonts/chinese.css";
