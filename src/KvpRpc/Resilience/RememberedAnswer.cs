namespace KvpRpc.Resilience;

/// <summary>One call in the window: it runs, or its answer is here.</summary>
/// <remarks>Only <see cref="AnswerWindow"/> touches it, under its lock.</remarks>
internal sealed class RememberedAnswer
{
    internal AnswerKey Key { get; set; }

    /// <summary>Gets or sets whether the answer is here.</summary>
    internal bool IsDone { get; set; }

    internal byte[] Bytes { get; set; } = [];

    internal int Length { get; set; }

    internal TimeSpan KeptUntil { get; set; }

    /// <summary>Gets or sets what other attempts wait on for the answer, null if there is none; null: nobody waits.
    /// </summary>
    internal TaskCompletionSource<byte[]?>? Waiting { get; set; }
}
