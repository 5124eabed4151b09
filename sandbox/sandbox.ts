import { type ClassLinkServers, startClassLinkServers } from "./classlink/server.ts";
import { type CleverServer, startCleverServer } from "./clever/server.ts";
import { type Control, startControl } from "./control/server.ts";
import { type CsvServer, startCsvServer } from "./csv/server.ts";
import { type Habits, VersionCalendar } from "./district/habits.ts";
import type { LiveDistrict } from "./district/live.ts";
import { type Fault, FaultBoard } from "./http/faults.ts";
import { type MailServer, startMailServer } from "./mail/server.ts";
import { type OneRosterServer, startOneRosterServer } from "./oneroster/server.ts";

/** Where each server listens; 0 or left out: anywhere. */
export const portNames = [
  "sftp",
  "oneroster",
  "classlinkProxy",
  "classlinkDirect",
  "cleverApi",
  "cleverAuth",
  "control",
  "smtp",
  "mail",
] as const;
export type Ports = Readonly<Partial<Record<(typeof portNames)[number], number>>>;

export interface SandboxOptions {
  readonly district: LiveDistrict;
  /** For exports. */
  readonly directory: string;
  readonly ports?: Ports;
  readonly secrets?: Secrets;
  readonly hostKey?: string;
  readonly faults?: readonly Fault[];
  readonly blemishes?: boolean;
  readonly redirectUris?: readonly string[];
  /** Which OneRoster is spoken on which day, over SFTP and REST; 1.1 unless said otherwise. */
  readonly versions?: VersionCalendar;
  readonly habits?: Habits;
  /** Looks after the clock before anything is read. */
  readonly beforeExport?: () => void;
  /** After school days have passed. */
  readonly onAdvance?: () => void;
}

export interface Secrets {
  readonly password: string;
  readonly oneRoster: string;
  readonly classLinkPartner: string;
  readonly classLinkBearer: string;
  readonly classLinkDirect: string;
  readonly clever: string;
  readonly cleverToken: string;
}

export interface Sandbox {
  readonly district: LiveDistrict;
  readonly faults: FaultBoard;
  readonly versions: VersionCalendar;
  readonly csv: CsvServer;
  readonly oneRoster: OneRosterServer;
  readonly classLink: ClassLinkServers;
  readonly clever: CleverServer;
  readonly control: Control;
  /** Catches what the product sends. */
  readonly mail: MailServer;
  readonly ports: Required<Ports>;
  close(): Promise<void>;
}

/** Every server of the sandbox district, on one state, with one board of faults and one control page. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { district, ports = {}, secrets, versions = new VersionCalendar(), habits = {} } = options;
  const faults = new FaultBoard(options.faults);
  const common = { district, faults };
  const versioned = { ...common, versions, habits };
  const csv = await startCsvServer({
    ...versioned,
    directory: options.directory,
    port: ports.sftp ?? 0,
    blemishes: options.blemishes ?? false,
    ...(options.hostKey !== undefined && { hostKey: options.hostKey }),
    ...(secrets && { password: secrets.password }),
    ...(options.beforeExport && { beforeExport: options.beforeExport }),
  });
  const oneRoster = await startOneRosterServer({
    ...versioned,
    port: ports.oneroster ?? 0,
    ...(secrets && { credentials: { clientId: "aivo-client", clientSecret: secrets.oneRoster } }),
  });
  const classLink = await startClassLinkServers({
    ...common,
    ports: { proxy: ports.classlinkProxy ?? 0, direct: ports.classlinkDirect ?? 0 },
    ...(secrets && {
      proxyCredentials: {
        partnerKey: secrets.classLinkPartner,
        tenantId: "77",
        applicationId: "Ab%2FcdEfGhI%3D",
        bearer: secrets.classLinkBearer,
      },
      directCredentials: { clientId: "district-key", clientSecret: secrets.classLinkDirect },
    }),
  });
  const clever = await startCleverServer({
    ...common,
    ports: { api: ports.cleverApi ?? 0, auth: ports.cleverAuth ?? 0 },
    redirectUris: options.redirectUris ?? [],
    ...(secrets && { credentials: { clientId: "aivo-clever", clientSecret: secrets.clever }, accessToken: secrets.cleverToken }),
  });
  const control = await startControl({
    district,
    faults,
    port: ports.control ?? 0,
    servers: [
      {
        name: "oneroster-csv",
        title: "OneRoster CSV over SFTP",
        address: `sftp://${csv.host}:${csv.port}`,
        requests: csv.control.requests,
      },
      { name: "oneroster-rest", title: "OneRoster REST", address: oneRoster.url, requests: oneRoster.control.requests },
      {
        name: "classlink",
        title: "ClassLink",
        address: `${classLink.proxy.url} (proxy), ${classLink.direct.url} (direct)`,
        requests: classLink.control.requests,
      },
      {
        name: "clever",
        title: "Clever",
        address: `${clever.apiUrl} (API), ${clever.authUrl} (sign-in)`,
        requests: clever.control.requests,
      },
    ],
    oneRosterVersion: () => versions.on(district.day),
    actions: {
      "oneroster-1.1": () => versions.change(district.day, "1.1"),
      "oneroster-1.2": () => versions.change(district.day, "1.2"),
      "clever-authorize": () => clever.authorization.authorize(),
      "clever-withdraw": () => clever.authorization.withdraw(),
      "classlink-enable": () => classLink.proxy.applications.change({ isEnabled: true }),
      "classlink-disable": () => classLink.proxy.applications.change({ isEnabled: false }),
    },
    onAdvance: options.onAdvance ?? (() => {}),
  });
  const mail = await startMailServer({ ports: { smtp: ports.smtp ?? 0, page: ports.mail ?? 0 } });
  return {
    district,
    faults,
    versions,
    csv,
    oneRoster,
    classLink,
    clever,
    control,
    mail,
    ports: {
      sftp: csv.port,
      oneroster: portOf(oneRoster.url),
      classlinkProxy: portOf(classLink.proxy.url),
      classlinkDirect: portOf(classLink.direct.url),
      cleverApi: portOf(clever.apiUrl),
      cleverAuth: portOf(clever.authUrl),
      control: portOf(control.url),
      smtp: mail.smtpPort,
      mail: portOf(mail.url),
    },
    close: async () => {
      await Promise.all([csv, oneRoster, classLink, clever, control, mail].map((server) => server.close()));
    },
  };
}

const portOf = (url: string): number => Number(new URL(url).port);
