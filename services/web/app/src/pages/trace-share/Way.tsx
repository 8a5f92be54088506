/** A shipment's planned way, its hand-overs, and the QR code of its public trace page. */

import "./way.css";

import { answer, api } from "../../api/client";
import { Heading } from "../../components/Heading";
import { Shown } from "../../components/Shown";
import { type PageProps, address } from "../../shell/page";
import { useResource } from "../../state/resource";
import { Handovers } from "./Handovers";
import { Itinerary } from "./Itinerary";
import { TraceCode } from "./TraceCode";
import { wayWords } from "./words";

export default function Way({ params }: PageProps) {
  const words = wayWords();
  const shipment = params["code"] ?? "";
  const path = { params: { path: { shipment } } };
  const itinerary = useResource(`itinerary ${shipment}`, () => answer(api.GET("/v1/shipments/{shipment}/itinerary", path)));
  const handovers = useResource(`handovers ${shipment}`, () => answer(api.GET("/v1/shipments/{shipment}/handovers", path)));
  return (
    <>
      <Heading title={words.title(shipment)}>
        <a class="button" href={address("/shipments/:code", { code: shipment })}>
          {words.back}
        </a>
      </Heading>
      <section class="card no-print" aria-labelledby="itinerary">
        <h2 id="itinerary">{words.itinerary}</h2>
        <Shown resource={itinerary}>{({ legs }) => <Itinerary shipment={shipment} legs={legs} onSaved={() => void itinerary.reload()} />}</Shown>
      </section>
      <section class="card no-print" aria-labelledby="handovers">
        <h2 id="handovers">{words.handovers}</h2>
        <Shown resource={handovers}>{(found) => <Handovers shipment={shipment} handovers={found} onRecorded={() => void handovers.reload()} />}</Shown>
      </section>
      <TraceCode shipment={shipment} />
    </>
  );
}
