using KvpRpc.Conformance;

namespace KvpRpc.Emulator.Tests.Conformance;

/// <summary>The host's transport to an in-memory guest.</summary>
public sealed class EmulatedHostTransportTests : PollingTransportConformanceTests
{
    protected override ValueTask<TransportPair> OpenPairAsync() => EmulatedPairs.OpenHostSideAsync(new());
}

/// <summary>The host's transport where every method starts a job, batches fail in part and Remove does
/// nothing.</summary>
public sealed class AwkwardEmulatedHostTransportTests : PollingTransportConformanceTests
{
    protected override ValueTask<TransportPair> OpenPairAsync() => EmulatedPairs.OpenHostSideAsync(new()
    {
        Build = 26100,
        JobDuration = TimeSpan.FromTicks(1),
        BatchFailure = EmulatedBatchFailure.OtherItemsLand,
        Remove = EmulatedRemove.DoesNothing,
    });
}

/// <summary>The transport of a program in an in-memory guest.</summary>
public sealed class MemoryGuestTransportTests : WaitingTransportConformanceTests
{
    protected override async ValueTask<TransportPair> OpenPairAsync()
    {
        EmulatedHyperV hyperV = new();
        EmulatedVirtualMachine machine = hyperV.AddVirtualMachine("guest");
        await machine.StartAsync(TestContext.Current.CancellationToken);
        return new TransportPairOfTransports(
            () => ValueTask.FromResult(machine.OpenGuestTransport(TransportPair.Prefix)),
            machine.OpenHostTransport(""),
            machine.OpenGuestTransport("Other."),
            hyperV);
    }
}

/// <summary>The transport of a program that reaches the guest through its port.</summary>
public sealed class EmulatedGuestTransportTests : WaitingTransportConformanceTests
{
    protected override async ValueTask<TransportPair> OpenPairAsync()
    {
        EmulatedHyperV hyperV = new();
        EmulatedVirtualMachine machine = hyperV.AddVirtualMachine("guest");
        await machine.StartAsync(TestContext.Current.CancellationToken);
        EmulatedGuestPort port = machine.OpenGuestPort();
        return new TransportPairOfTransports(
            async () => await EmulatedGuestTransport.ConnectAsync(
                port.Endpoint, TransportPair.Prefix, TestContext.Current.CancellationToken),
            machine.OpenHostTransport(""),
            machine.OpenGuestTransport("Other."),
            port);
    }
}

internal static class EmulatedPairs
{
    internal static async ValueTask<TransportPair> OpenHostSideAsync(EmulatedHyperVOptions options)
    {
        EmulatedHyperV hyperV = new(options);
        EmulatedVirtualMachine machine = hyperV.AddVirtualMachine("guest");
        await machine.StartAsync(TestContext.Current.CancellationToken);
        return new TransportPairOfTransports(
            () => ValueTask.FromResult(machine.OpenHostTransport(TransportPair.Prefix)),
            machine.OpenGuestTransport(""),
            machine.OpenHostTransport("Other."),
            hyperV);
    }
}
