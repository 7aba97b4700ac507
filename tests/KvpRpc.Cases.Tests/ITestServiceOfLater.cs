namespace KvpRpc.Cases.Tests;

/// <summary>The same service as a later version of it has it: with a method that the peer does not know.</summary>
[KvpService(Name = "grpc.testing.TestService")]
public interface ITestServiceOfLater
{
    Task UnimplementedCallAsync(CancellationToken cancellationToken = default);
}
