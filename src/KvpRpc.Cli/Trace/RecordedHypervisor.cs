using KvpRpc.Transports;

namespace KvpRpc.Cli.Trace;

/// <summary>A hypervisor the traffic of one of whose machines is recorded.</summary>
internal sealed class RecordedHypervisor(
    IKvpHypervisor inner, Func<Guid, bool> isRecorded, RecordingFile file, TimeProvider time) : IKvpHypervisor
{
    public ValueTask<IReadOnlyList<KvpVirtualMachineInfo>> ListVirtualMachinesAsync(
        CancellationToken cancellationToken) => inner.ListVirtualMachinesAsync(cancellationToken);

    public IKvpTransport OpenTransport(Guid id, string keyPrefix)
    {
        IKvpTransport transport = inner.OpenTransport(id, keyPrefix);
        return isRecorded(id) ? new RecordedTransport(transport, file, time) : transport;
    }
}
