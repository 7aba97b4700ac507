namespace KvpRpc.Transports;

/// <summary>What came of the write of one item.</summary>
public enum KvpWriteOutcome
{
    /// <summary>Not known: it may have landed, may land later, or never.</summary>
    InDoubt,

    /// <summary>The own table holds it.</summary>
    Landed,

    /// <summary>It did not land and cannot land later.</summary>
    Refused,
}
