namespace KvpRpc.Tests.Calls;

/// <summary>A contract of every shape that streams give a call.</summary>
[KvpService(Name = "test.Streams")]
public interface IStreams
{
    IAsyncEnumerable<int> CountAsync(int count, CancellationToken cancellationToken = default);

    Task<long> SumAsync(string text, IAsyncEnumerable<int> values, CancellationToken cancellationToken = default);

    IAsyncEnumerable<string> ChatAsync(IAsyncEnumerable<string> lines, CancellationToken cancellationToken = default);

    IAsyncEnumerable<Awkward> MoodsAsync(
        IAsyncEnumerable<Awkward> moods, CancellationToken cancellationToken = default);

    Task<string> JoinAsync(
        IAsyncEnumerable<byte[]> left, IAsyncEnumerable<byte[]> right, CancellationToken cancellationToken = default);

    Task<string> WorkAsync(IProgress<int>? progress, CancellationToken cancellationToken = default);

    IAsyncEnumerable<byte[]> BlobsAsync(
        int count, IProgress<string>? progress, CancellationToken cancellationToken = default);
}
