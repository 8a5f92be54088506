/** Says that the server is out of reach, as long as it is. */

import { useEffect, useState } from "preact/hooks";

import { reachable } from "../api/client";
import { Icon } from "../components/Icon";
import { shellWords } from "./words";

export function OfflineBanner() {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const look = () => setOnline(navigator.onLine);
    addEventListener("online", look);
    addEventListener("offline", look);
    return () => {
      removeEventListener("online", look);
      removeEventListener("offline", look);
    };
  }, []);
  if (online && reachable.value) return null;
  return (
    <p class="banner" role="alert">
      <Icon name="offline" /> {shellWords().offline}
    </p>
  );
}
