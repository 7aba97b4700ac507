namespace KvpRpc.AotApp;

/// <summary>A contract with every shape of call; some methods are its base's.</summary>
[KvpService]
public interface IPatching : IMachine
{
    [Idempotent]
    Task<PatchReport> InstallAsync(PatchRequest request, CancellationToken cancellationToken);

    [KvpMethod(OneWay = true)]
    Task NotifyAsync(string text);

    IAsyncEnumerable<PatchEvent> WatchAsync(int count, CancellationToken cancellationToken);

    Task<long> UploadAsync(string name, IAsyncEnumerable<byte[]> chunks, CancellationToken cancellationToken);

    IAsyncEnumerable<Spot> TurnAsync(
        IAsyncEnumerable<Spot> spots, IAsyncEnumerable<int> angles, CancellationToken cancellationToken);

    Task<int> RunAsync(int steps, IProgress<PatchEvent> progress, CancellationToken cancellationToken);
}

/// <summary>The base of a contract.</summary>
public interface IMachine
{
    ValueTask<Temperature> MeasureAsync(Temperature offset);

    Task FailAsync(StatusCode statusCode);
}
