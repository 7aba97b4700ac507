namespace KvpRpc.Tests.Calls;

/// <summary>A service whose behaviour each test chooses.</summary>
internal sealed class ProbeService : IProbe
{
    internal Func<string, CancellationToken, Task<string>> OnRun { get; set; } = (text, _) => Task.FromResult(text);

    internal Func<byte[], byte[]> OnBlob { get; set; } = data => data;

    internal Func<Awkward, Awkward> OnAwkward { get; set; } = value => value;

    internal Func<string, CancellationToken, Task> OnNotify { get; set; } = (_, _) => Task.CompletedTask;

    public Task<string> RunAsync(string text, CancellationToken cancellationToken) => OnRun(text, cancellationToken);

    public Task<int> AddAsync(int left, int right) => Task.FromResult(left + right);

    public Task<byte[]> BlobAsync(byte[] data, CancellationToken cancellationToken) => Task.FromResult(OnBlob(data));

    public Task<Awkward> AwkwardAsync(Awkward value, CancellationToken cancellationToken) =>
        Task.FromResult(OnAwkward(value));

    public Task NotifyAsync(string text, CancellationToken cancellationToken) => OnNotify(text, cancellationToken);
}
