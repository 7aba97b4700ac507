namespace KvpRpc.Protocol.Sealing;

/// <summary>What is sealed. The kinds share no key and no nonce, so each counts its numbers for itself.</summary>
internal enum SealKind : byte
{
    /// <summary>A packet, under its packet number.</summary>
    Packet = 0,

    /// <summary>The control part of the control item, under a counter of its own.</summary>
    Control = 1,
}
