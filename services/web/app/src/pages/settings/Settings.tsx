/** The own account; who is told about alarms; what happens by itself; keys for machines. Each role sees what it may. */

import { Heading } from "../../components/Heading";
import { Siblings } from "../../components/Siblings";
import { COORDINATORS, may } from "../../session/session";
import { Account } from "./Account";
import { Channels } from "./Channels";
import { Dispatch } from "./Dispatch";
import { Keys } from "./Keys";
import { Maintenance } from "./Maintenance";
import { settingWords } from "./words";

export default function Settings() {
  const overseer = may([...COORDINATORS, "auditor"]);
  return (
    <>
      <Siblings of="settings" />
      <Heading title={settingWords().title} />
      <Account />
      {overseer && <Channels />}
      {overseer && <Maintenance />}
      {overseer && <Dispatch />}
      {may([]) && <Keys />}
    </>
  );
}
