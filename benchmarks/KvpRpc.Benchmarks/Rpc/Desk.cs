namespace KvpRpc.Benchmarks.Rpc;

/// <summary>The handler behind all systems: it does as little as it can.</summary>
internal sealed class Desk : IDesk
{
    // Many windows of credit: what the beginning and the end of the stream cost is not seen any more.
    internal const int Readings = 20_000;

    internal static readonly Question Question = new(42, "How are you?");

    private static readonly Task<Answer> Answer = Task.FromResult(new Answer(42, "Fine, thank you."));

    public Task<Answer> AskAsync(Question question, CancellationToken cancellationToken = default) => Answer;

    // No await: the items are there as fast as they are taken.
#pragma warning disable CS1998
    public async IAsyncEnumerable<Reading> WatchAsync(
        int count,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (int i = 0; i < count; i++)
            yield return new Reading(i, i / 2.0);
    }
#pragma warning restore CS1998
}
