/**
 * `virtual:land`: the address of the outlines of Thailand and the countries around it, cut from world-atlas
 * (Natural Earth 1:50m, public domain) as GeoJSON with coordinates of 0.001°, about a hundred metres.
 */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import type { Plugin } from "vite";

const require = createRequire(import.meta.url);

/** ISO 3166-1 numeric: Thailand, Laos, Cambodia, Viet Nam, Myanmar, Malaysia, China, Singapore, Indonesia, India, Bangladesh. */
const COUNTRIES = new Set(["764", "418", "116", "704", "104", "458", "156", "702", "360", "356", "050"]);
const WEST = 88;
const EAST = 126;
const SOUTH = -2;
const NORTH = 34;

type Ring = number[][];

export function land(): Plugin {
  return {
    name: "land",
    resolveId(id) {
      return id === "virtual:land" ? "\0virtual:land" : undefined;
    },
    load(id) {
      if (id !== "\0virtual:land") return undefined;
      const reference = this.emitFile({ type: "asset", name: "land.json", source: JSON.stringify(outlines()) });
      return `export default import.meta.ROLLUP_FILE_URL_${reference};`;
    },
  };
}

function outlines() {
  const atlas = JSON.parse(readFileSync(require.resolve("world-atlas/countries-50m.json"), "utf8")) as Topology;
  const countries = feature(atlas, atlas.objects.countries as GeometryCollection<{ name: string }>);
  const features = countries.features
    .filter((country) => COUNTRIES.has(String(country.id)))
    .map((country) => {
      const shape = country.geometry;
      const polygons = shape.type === "MultiPolygon" ? shape.coordinates : shape.type === "Polygon" ? [shape.coordinates] : [];
      const near = polygons.filter((rings) => rings[0]?.some(inside)).map((rings) => rings.map(rounded));
      return {
        type: "Feature" as const,
        properties: { name: country.properties.name, home: country.id === "764" },
        geometry: { type: "MultiPolygon" as const, coordinates: near },
      };
    });
  return { type: "FeatureCollection" as const, features };
}

function inside([longitude = 0, latitude = 0]: number[]): boolean {
  return longitude >= WEST && longitude <= EAST && latitude >= SOUTH && latitude <= NORTH;
}

/** Points are cut to the frame: what lies beyond is drawn as its edge, which the map never shows. */
function rounded(ring: Ring): Ring {
  const cut = ring.map(([longitude = 0, latitude = 0]) => [
    Math.round(Math.min(Math.max(longitude, WEST - 10), EAST + 10) * 1000) / 1000,
    Math.round(Math.min(Math.max(latitude, SOUTH - 10), NORTH + 10) * 1000) / 1000,
  ]);
  return cut.filter((point, at) => at === 0 || point[0] !== cut[at - 1]?.[0] || point[1] !== cut[at - 1]?.[1]);
}
