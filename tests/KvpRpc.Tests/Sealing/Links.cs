using KvpRpc.Protocol.Sealing;
using KvpRpc.Sealing;
using NSec.Cryptography;

namespace KvpRpc.Tests.Sealing;

/// <summary>Makes the sealers of both ends of a link.</summary>
internal static class Links
{
    internal static byte[] SamplePrologue { get; } =
        HandshakePrologue.Encode(Guid.Empty, "default", "host hello", "guest hello");

    internal static (ILinkSealer Host, ILinkSealer Guest) Open(
        byte[]? hostPrologue = null,
        byte[]? guestPrologue = null,
        byte[]? hostPreSharedKey = null,
        byte[]? guestPreSharedKey = null)
    {
        using NoiseLinkCrypto hostCrypto = new(hostPreSharedKey);
        using NoiseLinkCrypto guestCrypto = new(guestPreSharedKey);
        using IHandshakeAttempt host = hostCrypto.BeginAttempt();
        using IHandshakeAttempt guest = guestCrypto.BeginAttempt();
        ILinkSealer? hostSealer = host.Complete(guest.PublicKey, hostPrologue ?? SamplePrologue, isInitiator: true);
        ILinkSealer? guestSealer = guest.Complete(host.PublicKey, guestPrologue ?? SamplePrologue, isInitiator: false);
        Assert.NotNull(hostSealer);
        Assert.NotNull(guestSealer);
        return (hostSealer, guestSealer);
    }

    internal static NoiseHandshakeAttempt Attempt(
        byte[] privateKey, byte[]? preSharedKey, Action<string>? keyLog = null) => new(
        new byte[IHandshakeAttempt.IdBytes],
        Key.Import(KeyAgreementAlgorithm.X25519, privateKey, KeyBlobFormat.RawPrivateKey),
        preSharedKey,
        keyLog);

    internal static Sealed Seal(
        this ILinkSealer sealer, ulong number, byte[] text, byte[]? associatedData = null, SealKind kind = default)
    {
        byte[] ciphertext = new byte[text.Length];
        byte[] tag = new byte[ILinkSealer.TagBytes];
        sealer.Seal(kind, number, associatedData, text, ciphertext, tag);
        return new Sealed(kind, number, associatedData ?? [], ciphertext, tag);
    }

    /// <summary>The opened text, or null; then the output must have been cleared.</summary>
    internal static byte[]? Open(this ILinkSealer sealer, Sealed item)
    {
        byte[] text = [.. Enumerable.Repeat((byte)0xEE, item.Ciphertext.Length)];
        if (sealer.TryOpen(item.Kind, item.Number, item.AssociatedData, item.Ciphertext, item.Tag, text)) return text;

        Assert.All(text, value => Assert.Equal(0, value));
        return null;
    }
}

/// <summary>What one call of Seal has made, and what it was made from.</summary>
internal sealed record Sealed(SealKind Kind, ulong Number, byte[] AssociatedData, byte[] Ciphertext, byte[] Tag);
