namespace KvpRpc.Protocol.Links;

/// <summary>What came of the write of an item.</summary>
internal enum WriteResult
{
    Landed,
    Refused,
    InDoubt,
}
