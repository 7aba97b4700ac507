namespace KvpRpc.Tests.Calls;

[KvpService(Name = "test.Probe")]
public interface IProbe
{
    Task<string> RunAsync(string text, CancellationToken cancellationToken = default);

    Task<int> AddAsync(int left, int right);

    Task<byte[]> BlobAsync(byte[] data, CancellationToken cancellationToken = default);

    Task<Awkward> AwkwardAsync(Awkward value, CancellationToken cancellationToken = default);

    [KvpMethod(OneWay = true)]
    Task NotifyAsync(string text, CancellationToken cancellationToken = default);
}
