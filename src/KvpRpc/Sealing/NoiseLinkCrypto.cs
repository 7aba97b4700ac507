using System.Security.Cryptography;
using KvpRpc.Protocol.Sealing;
using NSec.Cryptography;

namespace KvpRpc.Sealing;

/// <summary>The cryptography of the link: see <c>protocol/sealing.md</c>.</summary>
internal sealed class NoiseLinkCrypto : ILinkCrypto, IDisposable
{
    /// <summary>Length of a pre-shared key, in bytes.</summary>
    internal const int PreSharedKeyBytes = 32;

    private readonly byte[] _preSharedKey;
    private readonly Action<string>? _keyLog;

    /// <summary>Copies the pre-shared key, or takes none when it is empty.</summary>
    /// <param name="preSharedKey">The key, or nothing.</param>
    /// <param name="keyLog">Takes a line for every link, with its secrets; null, as it should be, for nowhere.</param>
    /// <exception cref="ArgumentException">The pre-shared key has another length.</exception>
    internal NoiseLinkCrypto(ReadOnlySpan<byte> preSharedKey = default, Action<string>? keyLog = null)
    {
        if (preSharedKey.Length is not (0 or PreSharedKeyBytes))
            throw new ArgumentException($"A pre-shared key has {PreSharedKeyBytes} bytes.", nameof(preSharedKey));
        _preSharedKey = preSharedKey.ToArray();
        _keyLog = keyLog;
    }

    public IHandshakeAttempt BeginAttempt()
    {
        Span<byte> id = stackalloc byte[IHandshakeAttempt.IdBytes];
        RandomNumberGenerator.Fill(id);
        return new NoiseHandshakeAttempt(id, Key.Create(KeyAgreementAlgorithm.X25519), _preSharedKey, _keyLog);
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_preSharedKey);
}
