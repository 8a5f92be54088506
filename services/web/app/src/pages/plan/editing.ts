/** Carrying a lot over the timeline: each place is rehearsed on the server, and put down it waits for a yes or no. */

import { useCallback, useEffect, useRef, useState } from "preact/hooks";

import { type Schemas, answer, api } from "../../api/client";
import { type Problem, asProblem } from "../../api/problem";
import { type Spot, sameSpot } from "./carry";

export type Moved = Schemas["MovedDocument"];

export interface Carried {
  lot: string;
  from: Spot;
  spot: Spot;
  /** Put down: it waits for a yes or no. */
  dropped: boolean;
}

export interface Editing {
  carried: Carried | undefined;
  /** What the server says of the place that the lot is held over; undefined until it has said so. */
  answer: Moved | undefined;
  problem: Problem | undefined;
  busy: boolean;
  pickUp: (lot: string, from: Spot) => void;
  holdOver: (spot: Spot) => void;
  drop: () => void;
  cancel: () => void;
  apply: (pin: boolean) => void;
}

/** Long enough that holding an arrow key asks once, not for each step. */
const RESTING_MS = 200;

export function moveOf(lot: string, spot: Spot): Schemas["Move"] {
  return { lot, to_truck: spot.truck, trip: spot.trip, position: spot.position };
}

export function useEditing(planId: string, version: number, applied: (made: Moved, moves: Schemas["Move"][], pin: boolean) => void): Editing {
  const [carried, setCarried] = useState<Carried>();
  const [heard, setHeard] = useState<{ spot: Spot; answer?: Moved; problem?: Problem }>();
  const [busy, setBusy] = useState(false);
  const asked = useRef(0);
  const path = { params: { path: { plan_id: planId } } };
  const { lot, spot, from, dropped } = carried ?? {};

  useEffect(() => {
    if (lot === undefined || spot === undefined || from === undefined || sameSpot(spot, from)) return undefined;
    const turn = ++asked.current;
    const body = { moves: [moveOf(lot, spot)], dry_run: true, pin: false };
    const timer = setTimeout(
      () =>
        answer(api.POST("/v1/plans/{plan_id}/moves", { ...path, body })).then(
          (found) => turn === asked.current && setHeard({ spot, answer: found }),
          (error: unknown) => turn === asked.current && setHeard({ spot, problem: asProblem(error) }),
        ),
      dropped ? 0 : RESTING_MS,
    );
    return () => clearTimeout(timer);
  }, [planId, lot, spot?.truck, spot?.trip, spot?.position, dropped]);

  const cancel = useCallback(() => {
    asked.current += 1;
    setCarried(undefined);
    setHeard(undefined);
  }, []);
  const current = spot !== undefined && heard !== undefined && sameSpot(heard.spot, spot) ? heard : undefined;
  return {
    carried,
    answer: current?.answer,
    problem: current?.problem,
    busy,
    cancel,
    pickUp: useCallback((one: string, at: Spot) => {
      setHeard(undefined);
      setCarried({ lot: one, from: at, spot: at, dropped: false });
    }, []),
    holdOver: useCallback((at: Spot) => setCarried((now) => (now && !sameSpot(now.spot, at) ? { ...now, spot: at } : now)), []),
    drop: useCallback(() => {
      setCarried((now) => (now === undefined || sameSpot(now.spot, now.from) ? undefined : { ...now, dropped: true }));
    }, []),
    apply: (pin) => {
      if (lot === undefined || spot === undefined) return;
      const moves = [moveOf(lot, spot)];
      setBusy(true);
      answer(api.POST("/v1/plans/{plan_id}/moves", { ...path, body: { moves, dry_run: false, pin, version } }))
        .then((made) => {
          cancel();
          applied(made, moves, pin);
        })
        .catch((error: unknown) => setHeard({ spot, problem: asProblem(error) }))
        .finally(() => setBusy(false));
    },
  };
}
