/** Villages and hubs on the outline map; the lists below say the same to those who don't see it. */

import "leaflet/dist/leaflet.css";
import "./map.css";

import { circleMarker, featureGroup, geoJSON, map as leafletMap } from "leaflet";
import { useEffect, useRef } from "preact/hooks";
import land from "virtual:land";

import type { Schemas } from "../../api/client";
import { placeWords } from "./words";

interface Properties {
  villages: readonly Schemas["VillageDocument"][];
  hubs: readonly Schemas["HubDocument"][];
}

export default function PlaceMap({ villages, hubs }: Properties) {
  const frame = useRef<HTMLDivElement>(null);
  const words = placeWords();
  useEffect(() => {
    if (frame.current === null) return undefined;
    const map = leafletMap(frame.current, { attributionControl: false, zoomSnap: 0.25, maxZoom: 12, scrollWheelZoom: false });
    const ground = map.createPane("ground");
    ground.style.zIndex = "200";
    let gone = false;
    void fetch(land)
      .then((answer) => answer.json())
      .then((outlines: GeoJSON.FeatureCollection) => {
        if (!gone) geoJSON(outlines, { pane: "ground", interactive: false, style: () => ({ className: "map-land" }) }).addTo(map);
      });
    const points = featureGroup([
      ...villages.map((one) => circleMarker([one.latitude, one.longitude], { radius: 5, className: "map-village" }).bindTooltip(`${one.name} (${one.code})`)),
      ...hubs.map((one) => circleMarker([one.latitude, one.longitude], { radius: 9, className: "map-hub" }).bindTooltip(`${one.name} (${one.code})`)),
    ]).addTo(map);
    map.fitBounds(points.getBounds().pad(0.3), { maxZoom: 9, animate: false });
    return () => {
      gone = true;
      map.remove();
    };
  }, [villages, hubs]);
  return <div ref={frame} class="place-map no-print" role="group" aria-label={words.map} />;
}
