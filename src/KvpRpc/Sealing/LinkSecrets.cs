using System.Buffers.Binary;
using KvpRpc.Protocol.Links;
using KvpRpc.Protocol.Sealing;

namespace KvpRpc.Sealing;

/// <summary>The four first secrets of a link, <c>secret(0)</c> of <c>protocol/sealing.md</c>: who has them opens all
/// that both sides seal. They are a line of a key log: <c>protocol/security.md</c>.</summary>
internal sealed class LinkSecrets
{
    private const string Version = "KVPRPC-LINK-1";
    private const int Chains = 4;
    private const int Parts = 1 + 2 + Chains;

    private readonly byte[][] _secrets;

    private LinkSecrets(byte[][] secrets) => _secrets = secrets;

    internal static LinkSecrets Derive(
        ReadOnlySpan<byte> hostKey, ReadOnlySpan<byte> guestKey, ReadOnlySpan<byte> handshakeHash)
    {
        byte[][] secrets = new byte[Chains][];
        for (int chain = 0; chain < Chains; chain++)
        {
            secrets[chain] = new byte[KeySchedule.SecretBytes];
            ReadOnlySpan<byte> directionKey = chain < Chains / 2 ? hostKey : guestKey;
            KeySchedule.DeriveChain((SealKind)(chain % 2), directionKey, handshakeHash, secrets[chain]);
        }

        return new(secrets);
    }

    /// <summary>Writes the line: version, attempt ids of host and guest, then the secrets of the host's packets, the
    /// host's control parts, the guest's packets and the guest's control parts, in hexadecimal.</summary>
    internal string ToLine(UInt128 host, UInt128 guest) =>
        $"{Version} {host:x32} {guest:x32} {string.Join(' ', _secrets.Select(Convert.ToHexStringLower))}";

    /// <summary>Reads a line; null for one that is none.</summary>
    internal static (uint LinkId, LinkSecrets Secrets)? TryRead(string line)
    {
        string[] parts = line.Split(' ');
        if (parts.Length != Parts || parts[0] != Version
            || TryReadHex(parts[1], IHandshakeAttempt.IdBytes) is not { } host
            || TryReadHex(parts[2], IHandshakeAttempt.IdBytes) is not { } guest)
            return null;
        byte[]?[] secrets = [.. parts[(Parts - Chains)..].Select(part => TryReadHex(part, KeySchedule.SecretBytes))];
        return secrets.Contains(null)
            ? null
            : (Handshake.LinkIdOf(ReadId(host), ReadId(guest)), new LinkSecrets(secrets!));
    }

    /// <summary>Copies the first secret of what a side seals.</summary>
    internal void CopyTo(bool isHost, SealKind kind, Span<byte> secret) =>
        _secrets[(isHost ? 0 : Chains / 2) + (int)kind].CopyTo(secret);

    private static UInt128 ReadId(ReadOnlySpan<byte> id) =>
        BinaryPrimitives.ReadUInt128BigEndian(id);

    private static byte[]? TryReadHex(string text, int bytes) =>
        text.Length == 2 * bytes && text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text) : null;
}
