using System.Text.Json;
using KvpRpc.Cli.Tests.Decode;
using KvpRpc.Driver;
using KvpRpc.Links;
using KvpRpc.Protocol.Sealing;
using KvpRpc.Sealing;
using NSec.Cryptography;

namespace KvpRpc.Cli.Tests.Trace;

/// <summary>The key log that the sides of the session in <c>protocol/vectors</c> would write.</summary>
internal static class SessionKeys
{
    /// <summary>Writes the log as a host does, from its private key.</summary>
    internal static void WriteTo(string path)
    {
        JsonElement session = VectorTexts.Read("session.json");
        JsonElement host = session.GetProperty("host")[0];
        JsonElement guest = session.GetProperty("guest")[1];
        string[] hellos = [.. VectorTexts.Writes().Select(write => write.Text).Where(text => text[0] == 'h')];
        byte[] prologue = HandshakePrologue.Encode(
            session.GetProperty("vmId").GetGuid(), session.GetProperty("channel").GetString()!, hellos[1], hellos[2]);
        using NoiseHandshakeAttempt attempt = new(
            Bytes(host, "attemptId"),
            Key.Import(KeyAgreementAlgorithm.X25519, Bytes(host, "privateKey"), KeyBlobFormat.RawPrivateKey),
            preSharedKey: [],
            KeyLogFile.Open(new KvpLinkOptions { KeyLogFile = path })!.Write);
        using ILinkSealer? sealer = attempt.Complete(Bytes(guest, "publicKey"), prologue, isInitiator: true);
        Assert.NotNull(sealer);
    }

    private static byte[] Bytes(JsonElement element, string name) =>
        Convert.FromHexString(element.GetProperty(name).GetString()!);
}
