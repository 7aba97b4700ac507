namespace KvpRpc.Links;

/// <summary>How the messages of a stream compete with those of others for the next packet.</summary>
public enum KvpStreamPriority
{
    /// <summary>Calls: small messages first, fair among streams.</summary>
    Normal,

    /// <summary>Transfers: what is left after calls, never less than a fair share.</summary>
    Bulk,

    /// <summary>Before all others: for the few small messages that keep a system alive.</summary>
    Control,
}
