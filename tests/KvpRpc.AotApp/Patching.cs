using System.Runtime.CompilerServices;

namespace KvpRpc.AotApp;

/// <summary>The service.</summary>
internal sealed class Patching : IPatching
{
    internal TaskCompletionSource<string> Noticed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<PatchReport> InstallAsync(PatchRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(new PatchReport
        {
            Text = $"{request.Name} {request.Versions["os"]} {request.Days.Count} {request.Id is null}",
            At = DateTimeOffset.UnixEpoch,
            Parts = [(1, 0.5m), (2, 1m)],
        });

    public Task NotifyAsync(string text)
    {
        Noticed.TrySetResult(text);
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<PatchEvent> WatchAsync(
        int count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (int i = 0; i < count; i++)
        {
            await Task.Yield();
            yield return i % 2 == 0 ? new PatchStarted(i) : new PatchEnded(i, TimeSpan.FromSeconds(i));
        }
    }

    public async Task<long> UploadAsync(
        string name, IAsyncEnumerable<byte[]> chunks, CancellationToken cancellationToken) =>
        name.Length + await chunks.Select(chunk => (long)chunk.Length).SumAsync(cancellationToken);

    public async IAsyncEnumerable<Spot> TurnAsync(
        IAsyncEnumerable<Spot> spots,
        IAsyncEnumerable<int> angles,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach ((Spot spot, int angle) in spots.Zip(angles).WithCancellation(cancellationToken))
            yield return new Spot(spot.X + angle, spot.Y - angle);
    }

    public Task<int> RunAsync(int steps, IProgress<PatchEvent> progress, CancellationToken cancellationToken)
    {
        for (int i = 0; i < steps; i++)
            progress.Report(new PatchStarted(i));
        return Task.FromResult(steps);
    }

    public ValueTask<Temperature> MeasureAsync(Temperature offset) =>
        new(new Temperature(300 + offset.Kelvin, offset.Place));

    public Task FailAsync(StatusCode statusCode) => throw new RpcException(statusCode, "as asked");
}
