namespace KvpRpc.Calls;

/// <summary>A call that has not ended yet, of either side, as the table of calls sees it.</summary>
internal abstract class OpenCall
{
    /// <summary>When the call must have ended, on the clock of the table; <see cref="TimeSpan.MaxValue"/>:
    /// never.</summary>
    internal TimeSpan Deadline { get; set; } = TimeSpan.MaxValue;

    /// <summary>The call's place in the table; -1 outside.</summary>
    internal int Index { get; set; } = -1;

    /// <summary>The table has dropped the call: its deadline has passed, or the peer closes. Called once, outside the
    /// table's lock, on any thread.</summary>
    internal abstract void HandleEnd(CallEnd end);
}

/// <summary>Why a call ended before its time.</summary>
internal enum CallEnd
{
    /// <summary>It did not.</summary>
    None,

    /// <summary>The caller's token was cancelled.</summary>
    Cancelled,

    /// <summary>The deadline passed.</summary>
    DeadlinePassed,

    /// <summary>This side closes.</summary>
    Closing,
}
