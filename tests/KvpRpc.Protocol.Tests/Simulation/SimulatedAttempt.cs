using System.Buffers.Binary;
using KvpRpc.Protocol.Sealing;

namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>An id and a key of which no part is secret: it stands for both halves of a pair.</summary>
internal sealed class SimulatedAttempt : IHandshakeAttempt
{
    private readonly byte[] _id = new byte[IHandshakeAttempt.IdBytes];
    private readonly byte[] _publicKey = new byte[IHandshakeAttempt.PublicKeyBytes];
    private readonly ulong _preSharedKey;
    private bool _isDisposed;

    internal SimulatedAttempt(ulong id0, ulong id1, ulong key0, ulong key1, ulong preSharedKey)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_id, id0);
        BinaryPrimitives.WriteUInt64LittleEndian(_id.AsSpan(8), id1);
        BinaryPrimitives.WriteUInt64LittleEndian(_publicKey, key0);
        BinaryPrimitives.WriteUInt64LittleEndian(_publicKey.AsSpan(8), key1);
        _preSharedKey = preSharedKey;
    }

    public ReadOnlySpan<byte> Id => _id;

    public ReadOnlySpan<byte> PublicKey => _publicKey;

    public ILinkSealer? Complete(ReadOnlySpan<byte> peerPublicKey, ReadOnlySpan<byte> prologue, bool isInitiator)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (peerPublicKey.Length != IHandshakeAttempt.PublicKeyBytes || !peerPublicKey.ContainsAnyExcept((byte)0))
            return null;

        var hash = new KeyedHash(_preSharedKey, 0);
        hash.Add(isInitiator ? _publicKey : peerPublicKey);
        hash.Add(isInitiator ? peerPublicKey : _publicKey);
        hash.Add(prologue);
        (ulong hostKey, ulong guestKey) = hash.Result;
        return isInitiator ? new SimulatedSealer(hostKey, guestKey) : new SimulatedSealer(guestKey, hostKey);
    }

    public void Dispose() => _isDisposed = true;
}
