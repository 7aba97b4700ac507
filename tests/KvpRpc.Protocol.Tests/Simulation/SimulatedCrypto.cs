using System.Buffers.Binary;
using KvpRpc.Protocol.Sealing;

namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>Cryptography of the right shape and no strength: ids and keys come from a seed, a tag is a keyed hash of
/// all that a real seal binds, so that any change shows. It holds the engine to what a real sealer asks of its
/// caller.</summary>
internal sealed class SimulatedCrypto(ulong seed, ulong preSharedKey = 0, SealChecker? seals = null) : ILinkCrypto
{
    private readonly SimulatedRandom _random = new(seed);

    public IHandshakeAttempt BeginAttempt() => new Attempt(_random, preSharedKey, seals);

    private sealed class Attempt : IHandshakeAttempt
    {
        private readonly byte[] _id = new byte[IHandshakeAttempt.IdBytes];
        private readonly byte[] _publicKey = new byte[IHandshakeAttempt.PublicKeyBytes];
        private readonly ulong _preSharedKey;
        private readonly SimulatedRandom? _nonces;
        private readonly SealChecker? _seals;

        internal Attempt(SimulatedRandom random, ulong preSharedKey, SealChecker? seals)
        {
            _preSharedKey = preSharedKey;
            _nonces = seals is { WantsNonces: true } ? random : null;
            _seals = seals;
            for (int i = 0; i < _id.Length; i += 8)
                BinaryPrimitives.WriteUInt64LittleEndian(_id.AsSpan(i), random.NextUInt64());
            for (int i = 0; i < _publicKey.Length; i += 8)
                BinaryPrimitives.WriteUInt64LittleEndian(_publicKey.AsSpan(i), random.NextUInt64());
        }

        public ReadOnlySpan<byte> Id => _id;

        public ReadOnlySpan<byte> PublicKey => _publicKey;

        public ILinkSealer? Complete(ReadOnlySpan<byte> peerPublicKey, ReadOnlySpan<byte> prologue, bool isInitiator)
        {
            if (peerPublicKey.Length != IHandshakeAttempt.PublicKeyBytes)
                return null;
            KeyedHash hash = new(_preSharedKey);
            hash.Add(isInitiator ? _publicKey : peerPublicKey);
            hash.Add(isInitiator ? peerPublicKey : _publicKey);
            hash.Add(prologue);
            ulong key = (ulong)hash.Finish();
            return new Sealer(isInitiator ? key : ~key, isInitiator ? ~key : key, _nonces, _seals);
        }

        public void Dispose()
        {
        }
    }

    private sealed class Sealer(ulong ownKey, ulong peerKey, SimulatedRandom? nonces, SealChecker? seals) : ILinkSealer
    {
        private readonly ulong[] _sealed = new ulong[2];

        public void Seal(
            SealKind kind,
            ulong number,
            ReadOnlySpan<byte> associatedData,
            ReadOnlySpan<byte> plaintext,
            Span<byte> ciphertext,
            Span<byte> tag)
        {
            if (number <= _sealed[(int)kind])
                throw new InvalidOperationException("A number is sealed once, and in order.");
            _sealed[(int)kind] = number;
            Turn(plaintext, ciphertext, ownKey, number);
            UInt128 text = TagOf(ownKey, kind, number, associatedData, ciphertext);
            if (nonces is not null)
                seals!.NoteSealed(ownKey, nonces.NextUInt64(), text);
            BinaryPrimitives.WriteUInt128BigEndian(tag, text);
        }

        public bool TryOpen(
            SealKind kind,
            ulong number,
            ReadOnlySpan<byte> associatedData,
            ReadOnlySpan<byte> ciphertext,
            ReadOnlySpan<byte> tag,
            Span<byte> plaintext)
        {
            if (tag.Length != ILinkSealer.TagBytes || BinaryPrimitives.ReadUInt128BigEndian(tag)
                != TagOf(peerKey, kind, number, associatedData, ciphertext))
            {
                plaintext.Clear();
                return false;
            }

            Turn(ciphertext, plaintext, peerKey, number);
            return true;
        }

        public void Dispose()
        {
        }

        private static void Turn(ReadOnlySpan<byte> from, Span<byte> to, ulong key, ulong number)
        {
            ulong mask = (key + number) * 0x9E3779B97F4A7C15;
            for (; from.Length >= sizeof(ulong); from = from[sizeof(ulong)..], to = to[sizeof(ulong)..])
            {
                BinaryPrimitives.WriteUInt64LittleEndian(
                    to, BinaryPrimitives.ReadUInt64LittleEndian(from) ^ mask);
            }

            for (int i = 0; i < from.Length; i++)
                to[i] = (byte)(from[i] ^ (byte)mask);
        }

        private static UInt128 TagOf(
            ulong key, SealKind kind, ulong number, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext)
        {
            KeyedHash hash = new(key ^ ((ulong)kind << 63));
            hash.Add(number);
            hash.Add(associatedData);
            hash.Add(ciphertext);
            return hash.Finish();
        }
    }
}
