/** QR codes for the cases of sensors, to be printed. */

import { answer, api, everyRow } from "../../api/client";
import { Heading } from "../../components/Heading";
import { Icon } from "../../components/Icon";
import { Empty } from "../../components/notes";
import { Shown } from "../../components/Shown";
import { address } from "../../shell/page";
import { useResource } from "../../state/resource";
import { deviceWords } from "./words";
import "./labels.css";

export default function Labels() {
  const words = deviceWords();
  const sensors = useResource("label sensors", () =>
    everyRow((cursor) => answer(api.GET("/v1/sensors", { params: { query: { limit: 500, ...(cursor ? { cursor } : {}) } } }))),
  );
  return (
    <>
      <Heading title={words.labelsTitle}>
        <a class="button" href={address("/devices")}>
          <Icon name="left" /> {words.back}
        </a>
        <button type="button" class="primary" onClick={() => print()}>
          <Icon name="print" /> {words.print}
        </button>
      </Heading>
      <p class="no-print">{words.labelsHint}</p>
      <Shown resource={sensors}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty icon="devices" title={words.empty}>
              {words.emptyNext}
            </Empty>
          ) : (
            <ul class="labels">
              {rows.map((sensor) => (
                <li key={sensor.name}>
                  <img src={`/v1/sensors/${encodeURIComponent(sensor.name)}/label.svg`} alt={words.qr(sensor.name)} width="132" height="132" loading="lazy" />
                  <strong>{sensor.name}</strong>
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
    </>
  );
}
