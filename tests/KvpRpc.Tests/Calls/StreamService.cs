namespace KvpRpc.Tests.Calls;

/// <summary>A service of streams whose behaviour each test chooses.</summary>
internal sealed class StreamService : IStreams
{
    internal Func<int, CancellationToken, IAsyncEnumerable<int>> OnCount { get; set; } =
        (count, _) => Items.From(Enumerable.Range(0, count));

    internal Func<IAsyncEnumerable<int>, CancellationToken, Task<long>> OnSum { get; set; } =
        async (values, _) => await values.AggregateAsync(0L, (sum, value) => sum + value);

    internal Func<IAsyncEnumerable<string>, CancellationToken, IAsyncEnumerable<string>> OnChat { get; set; } =
        (lines, _) => lines.Select(line => line.ToUpperInvariant());

    internal Func<IAsyncEnumerable<Awkward>, IAsyncEnumerable<Awkward>> OnMoods { get; set; } = moods => moods;

    internal Func<IAsyncEnumerable<byte[]>, IAsyncEnumerable<byte[]>, CancellationToken, Task<string>> OnJoin
    {
        get;
        set;
    } = (_, _, _) => Task.FromResult("joined");

    internal Func<IProgress<int>?, CancellationToken, Task<string>> OnWork { get; set; } =
        (_, _) => Task.FromResult("done");

    internal Func<int, IProgress<string>?, CancellationToken, IAsyncEnumerable<byte[]>> OnBlobs { get; set; } =
        (_, _, _) => Items.From<byte[]>([]);

    public IAsyncEnumerable<int> CountAsync(int count, CancellationToken cancellationToken) =>
        OnCount(count, cancellationToken);

    public Task<long> SumAsync(string text, IAsyncEnumerable<int> values, CancellationToken cancellationToken) =>
        OnSum(values, cancellationToken);

    public IAsyncEnumerable<string> ChatAsync(IAsyncEnumerable<string> lines, CancellationToken cancellationToken) =>
        OnChat(lines, cancellationToken);

    public IAsyncEnumerable<Awkward> MoodsAsync(
        IAsyncEnumerable<Awkward> moods, CancellationToken cancellationToken) => OnMoods(moods);

    public Task<string> JoinAsync(
        IAsyncEnumerable<byte[]> left, IAsyncEnumerable<byte[]> right, CancellationToken cancellationToken) =>
        OnJoin(left, right, cancellationToken);

    public Task<string> WorkAsync(IProgress<int>? progress, CancellationToken cancellationToken) =>
        OnWork(progress, cancellationToken);

    public IAsyncEnumerable<byte[]> BlobsAsync(
        int count, IProgress<string>? progress, CancellationToken cancellationToken) =>
        OnBlobs(count, progress, cancellationToken);
}
