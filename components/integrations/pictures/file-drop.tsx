import { Arrow, Box, Picture } from "./picture.tsx";

/** Who writes files where, and who reads them. */
export function FileDropPicture() {
  return (
    <Picture
      title="The way of the files"
      description="The SIS writes its export to a directory of an SFTP server, for example every night. Aivo signs in to the same server and reads the files. It never writes there."
      height={86}
    >
      <Box x={8} y={14} width={56} height={30} label="SIS" />
      <Box x={106} y={14} width={68} height={30} label="SFTP" />
      <Box x={216} y={14} width={56} height={30} label="Aivo" isOurs />
      <Arrow from={[68, 29]} to={[102, 29]} />
      <Arrow from={[178, 29]} to={[212, 29]} />
      <text x="85" y="64" textAnchor="middle" className="fill-ink text-[11px]">
        writes, nightly
      </text>
      <text x="195" y="64" textAnchor="middle" className="fill-ink text-[11px]">
        only reads
      </text>
      <text x="140" y="79" textAnchor="middle" className="fill-muted font-mono text-[10px]">
        /oneroster/*.csv
      </text>
    </Picture>
  );
}
