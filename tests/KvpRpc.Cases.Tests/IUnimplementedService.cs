namespace KvpRpc.Cases.Tests;

/// <summary>A service that nobody offers (grpc.testing.UnimplementedService).</summary>
[KvpService(Name = "grpc.testing.UnimplementedService")]
public interface IUnimplementedService
{
    Task UnimplementedCallAsync(CancellationToken cancellationToken = default);
}
