/** A data logger's file: checked, its columns told where they don't tell themselves, then taken. */

import { useState } from "preact/hooks";

import { type Schemas, answer, api } from "../../api/client";
import { type Problem, asProblem } from "../../api/problem";
import { Dialog } from "../../components/Dialog";
import { Field } from "../../components/Field";
import { ProblemNote } from "../../components/notes";
import { base64Of } from "../../files/base64";
import { type Entries, textOrNull } from "../../format/entry";
import { number } from "../../format/quantity";
import { toast } from "../../state/toasts";
import { deviceWords } from "./words";

interface Properties {
  gateways: readonly Schemas["GatewayDocument"][];
  done: () => void;
  onClose: () => void;
}

export function LoggerFile({ gateways, done, onClose }: Properties) {
  const words = deviceWords();
  const open = gateways.filter((one) => one.revoked_at === null);
  const [file, setFile] = useState<File>();
  const [typed, setTyped] = useState<Entries>({ gateway: open[0]?.name ?? "", zone: "Asia/Bangkok" });
  const [checked, setChecked] = useState<Schemas["ReadingsImport"]>();
  const [problem, setProblem] = useState<Problem>();
  const set = (name: string) => (event: { currentTarget: { value: string } }) => {
    setChecked(undefined);
    setTyped({ ...typed, [name]: event.currentTarget.value });
  };

  async function send(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (file === undefined) return;
    setProblem(undefined);
    const [time, temperature] = [textOrNull(typed["time"]), textOrNull(typed["temperature"])];
    try {
      const found = await answer(
        api.POST("/v1/imports/readings", {
          body: {
            file_name: file.name,
            content_base64: await base64Of(file),
            gateway: typed["gateway"] ?? "",
            zone: textOrNull(typed["zone"]),
            columns:
              time !== null && temperature !== null
                ? { time, temperature, humidity: textOrNull(typed["humidity"]), sensor_name: textOrNull(typed["sensor_name"]) }
                : null,
            dry_run: checked === undefined,
          },
        }),
      );
      if (found.dry_run) return setChecked(found);
      toast(words.taken(number(found.stored), number(found.duplicates)));
      done();
      onClose();
    } catch (error) {
      setChecked(undefined);
      setProblem(asProblem(error));
    }
  }

  const text = (name: string, label: string, required = false) => (
    <Field key={name} label={label}>
      {(control) => <input {...control} required={required} value={typed[name] ?? ""} onInput={set(name)} />}
    </Field>
  );
  return (
    <Dialog title={words.loggerTitle} onClose={onClose}>
      <p>{words.loggerIntro}</p>
      {problem && <ProblemNote problem={problem} />}
      <form onSubmit={(event) => void send(event)}>
        <Field label={words.file}>
          {(control) => (
            <input
              {...control}
              type="file"
              required
              accept=".csv,.txt,.xlsx,.xls"
              onChange={(event) => {
                setFile(event.currentTarget.files?.[0]);
                setChecked(undefined);
              }}
            />
          )}
        </Field>
        <Field label={words.via}>
          {(control) => (
            <select {...control} required value={typed["gateway"]} onChange={set("gateway")}>
              {open.map((one) => (
                <option key={one.name}>{one.name}</option>
              ))}
            </select>
          )}
        </Field>
        {text("zone", words.zone)}
        <details>
          <summary>{words.columns}</summary>
          {[
            text("time", words.columnTime),
            text("temperature", words.columnTemperature),
            text("humidity", words.columnHumidity),
            text("sensor_name", words.sensorName),
          ]}
        </details>
        {checked && (
          <p role="status" class="lead">
            {words.checked(number(checked.readings), checked.kind)} {checked.notes.join(" ")}
          </p>
        )}
        <button type="submit" class="primary">
          {checked ? words.take : words.check}
        </button>
      </form>
    </Dialog>
  );
}
