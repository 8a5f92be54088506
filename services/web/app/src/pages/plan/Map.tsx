/** Villages, hubs and routes over the offline outline; each truck's line has its colour, its pattern and its number. */

import "leaflet/dist/leaflet.css";

import L from "leaflet";
import { useEffect, useRef } from "preact/hooks";
import landAddress from "virtual:land";

import { theme } from "../../state/theme";
import { type Lane, type Problem, colourOf, dashOf } from "./day";

interface Position {
  latitude: number;
  longitude: number;
}

interface Properties {
  label: string;
  problem: Problem;
  lanes: readonly Lane[];
  left: readonly string[];
  positions: ReadonlyMap<string, Position>;
  chosenTruck: string | undefined;
  selectedLot: string | undefined;
  zoomIn: string;
  zoomOut: string;
  select: (lot: string) => void;
}

const PADDING = 0.08;
let outlines: Promise<GeoJSON.FeatureCollection> | undefined;

export default function PlanMap(properties: Properties) {
  const { problem, lanes, left, positions, chosenTruck, selectedLot, select } = properties;
  const box = useRef<HTMLDivElement>(null);
  const drawn = useRef<{ map: L.Map; routes: L.LayerGroup }>();
  const shade = theme.value;

  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const map = L.map(element, { preferCanvas: true, attributionControl: false, zoomControl: false, zoomAnimation: false, fadeAnimation: false });
    L.control.zoom({ zoomInTitle: properties.zoomIn, zoomOutTitle: properties.zoomOut }).addTo(map);
    L.control.scale({ imperial: false }).addTo(map);
    const points = problem.locations.flatMap(({ latitude, longitude }) => (latitude === null || longitude === null ? [] : [L.latLng(latitude, longitude)]));
    map.fitBounds(points.length > 0 ? L.latLngBounds(points).pad(PADDING) : L.latLngBounds([6, 97], [20, 106]), { maxZoom: 11 });
    const land = L.layerGroup().addTo(map);
    outlines ??= fetch(landAddress).then((answer) => answer.json() as Promise<GeoJSON.FeatureCollection>);
    outlines
      .then((found) => {
        const style = (feature?: GeoJSON.Feature) => ({
          fillColor: colour(feature?.properties?.["home"] ? "land" : "abroad"),
          fillOpacity: 1,
          color: colour("coast"),
          weight: 1,
        });
        L.geoJSON(found, { style, interactive: false }).addTo(land).bringToBack();
      })
      .catch(() => {
        outlines = undefined; // routes are worth showing on plain ground
      });
    drawn.current = { map, routes: L.layerGroup().addTo(map) };
    const sized = new ResizeObserver(() => map.invalidateSize());
    sized.observe(element);
    return () => {
      sized.disconnect();
      drawn.current = undefined;
      map.remove();
    };
  }, [problem, shade]);

  useEffect(() => {
    const routes = drawn.current?.routes;
    if (routes === undefined) return;
    routes.clearLayers();
    draw(routes, { problem, lanes, left, positions, chosenTruck, selectedLot, select });
  }, [problem, shade, lanes, left, positions, chosenTruck, selectedLot]);

  return <div class="plan-map" ref={box} role="region" aria-label={properties.label} />;
}

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function draw(into: L.LayerGroup, { problem, lanes, left, positions, chosenTruck, selectedLot, select }: Omit<Properties, "label" | "zoomIn" | "zoomOut">): void {
  const at = new Map<string, L.LatLng>();
  for (const { id, latitude, longitude } of problem.locations) if (latitude !== null && longitude !== null) at.set(id, L.latLng(latitude, longitude));
  const placeOf = new Map(problem.pickups.map((pickup) => [pickup.id, pickup.location]));
  const ink = colour("ink");
  const surface = colour("surface");
  const selectedAt = selectedLot === undefined ? undefined : placeOf.get(selectedLot);
  const behind = new Set(left.map((lot) => placeOf.get(lot)));

  for (const lane of lanes) {
    if (lane.route === undefined) continue;
    const faded = chosenTruck !== undefined && chosenTruck !== lane.truck;
    const line = lane.route.stops.flatMap((stop) => (stop.location === null ? [] : (at.get(stop.location) ?? [])));
    const style = { color: colour(`r${colourOf(lane.number)}`), dashArray: dashOf(lane.number), opacity: faded ? 0.2 : 0.95, interactive: false };
    L.polyline(line, { ...style, weight: chosenTruck === lane.truck ? 5 : 3 }).addTo(into);
    const middle = lane.stops[Math.floor(lane.stops.length / 2)];
    const anchor = middle && at.get(placeOf.get(middle.lot) ?? "");
    if (anchor && !faded) numbered(`truck-c${colourOf(lane.number)}`, String(lane.number), anchor).addTo(into);
    const position = positions.get(lane.truck);
    if (position) numbered(`truck-now truck-c${colourOf(lane.number)}`, `▶${lane.number}`, L.latLng(position.latitude, position.longitude)).addTo(into);
  }
  const lotsAt = new Map<string, string[]>();
  for (const pickup of problem.pickups) lotsAt.set(pickup.location, [...(lotsAt.get(pickup.location) ?? []), pickup.id]);
  for (const [location, lots] of lotsAt) {
    const where = at.get(location);
    if (where === undefined) continue;
    const waits = behind.has(location);
    const circle = L.circleMarker(where, {
      radius: location === selectedAt ? 9 : 5,
      color: waits ? colour("at-risk") : ink,
      weight: location === selectedAt ? 4 : 2,
      fillColor: surface,
      fillOpacity: 1,
      ...(waits ? { dashArray: "3 3" } : {}),
    });
    const name = problem.locations.find((one) => one.id === location)?.name ?? location;
    circle.bindTooltip(text(`${name}: ${lots.slice(0, 8).join(", ")}${lots.length > 8 ? ` +${lots.length - 8}` : ""}`));
    circle.on("click", () => lots[0] !== undefined && select(lots[0]));
    circle.addTo(into);
  }
  for (const hub of problem.hubs) {
    const where = at.get(hub.location);
    if (where) numbered("hub-mark", hub.id, where).addTo(into);
  }
}

/** Tooltips take text as markup: names come from people. */
function text(content: string): HTMLElement {
  const element = document.createElement("span");
  element.textContent = content;
  return element;
}

function numbered(name: string, content: string, where: L.LatLng): L.Marker {
  const element = text(content);
  return L.marker(where, { icon: L.divIcon({ className: `map-number ${name}`, html: element, iconSize: undefined as unknown as L.PointTuple }), interactive: false, keyboard: false });
}
