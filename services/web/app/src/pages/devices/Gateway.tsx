/** One gateway: how far its messages are stored, and which never came. */

import { useState } from "preact/hooks";

import { answer, api } from "../../api/client";
import { Fact } from "../../components/Fact";
import { FormDialog } from "../../components/FormDialog";
import { Heading } from "../../components/Heading";
import { Moment } from "../../components/Moment";
import { Empty } from "../../components/notes";
import { Shown } from "../../components/Shown";
import { Siblings } from "../../components/Siblings";
import { Table } from "../../components/Table";
import { number } from "../../format/quantity";
import { COORDINATORS, may } from "../../session/session";
import type { PageProps } from "../../shell/page";
import { useResource } from "../../state/resource";
import { toast } from "../../state/toasts";
import { deviceWords } from "./words";

export default function Gateway({ params }: PageProps) {
  const words = deviceWords();
  const name = params["name"] ?? "";
  const path = { params: { path: { gateway: name } } };
  const found = useResource(
    `gateway ${name}`,
    async () => {
      const [gateway, gaps, bridges] = await Promise.all([
        answer(api.GET("/v1/gateways/{gateway}", path)),
        answer(api.GET("/v1/gateways/{gateway}/gaps", path)),
        answer(api.GET("/v1/gateways/{gateway}/bridges", path)),
      ]);
      return { gateway, gaps, bridges };
    },
    ["gateway"],
  );
  const [revoking, setRevoking] = useState(false);
  return (
    <>
      <Siblings of="devices" />
      <Heading title={words.gateway(name)}>
        {may(COORDINATORS) && found.data?.gateway.revoked_at === null && (
          <button type="button" onClick={() => setRevoking(true)}>
            {words.revoke}
          </button>
        )}
      </Heading>
      <Shown resource={found}>
        {({ gateway, gaps, bridges }) => (
          <>
            <section class="card">
              <dl class="facts">
                <Fact title={words.status}>{words.statuses[gateway.revoked_at === null ? gateway.status : "revoked"]}</Fact>
                <Fact title={words.seen}>
                  <Moment at={gateway.last_seen_at} away />
                </Fact>
                <Fact title={words.stored}>{number(gaps.stored_up_to)}</Fact>
                <Fact title={words.highest}>{number(gaps.highest)}</Fact>
                <Fact title={words.missing}>{number(gaps.messages_missing)}</Fact>
                <Fact title={words.rejectedCount}>{number(gaps.rejected)}</Fact>
              </dl>
            </section>
            <section class="card">
              <h2>{words.gaps}</h2>
              {gaps.gaps.length === 0 ? (
                <Empty icon="check" title={words.noGaps}>
                  {words.noGapsNext}
                </Empty>
              ) : (
                <Table
                  label={words.gaps}
                  rows={gaps.gaps}
                  id={(gap) => String(gap.first_seq)}
                  columns={[
                    { name: "range", title: words.range, cell: (gap) => `${gap.first_seq}–${gap.last_seq}` },
                    { name: "count", title: words.count, number: true, cell: (gap) => number(gap.last_seq - gap.first_seq + 1) },
                    { name: "noticed", title: words.noticed, cell: (gap) => <Moment at={gap.noticed_at} /> },
                  ]}
                />
              )}
            </section>
            <section class="card">
              <h2>{words.bridges}</h2>
              {bridges.length === 0 ? (
                <p>{words.noBridges}</p>
              ) : (
                <Table
                  label={words.bridges}
                  rows={bridges}
                  id={(bridge) => bridge.topic}
                  columns={[
                    { name: "format", title: words.format, cell: (bridge) => bridge.format },
                    { name: "topic", title: words.topic, cell: (bridge) => <code>{bridge.topic}</code> },
                  ]}
                />
              )}
            </section>
          </>
        )}
      </Shown>
      {revoking && (
        <FormDialog
          title={words.revokeTitle(name)}
          intro={words.revokeIntro}
          fields={[]}
          save={words.revoke}
          onClose={() => setRevoking(false)}
          submit={async () => {
            await answer(api.POST("/v1/gateways/{gateway}/revoke", path));
            toast(words.revoked(name));
            void found.reload();
          }}
        />
      )}
    </>
  );
}
