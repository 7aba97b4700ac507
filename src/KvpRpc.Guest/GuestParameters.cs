using KvpRpc.Guest.Linux;
using KvpRpc.Transports;

namespace KvpRpc.Guest;

/// <summary>What the host tells this guest about itself and about the VM. Null where it does not say.</summary>
/// <remarks>The names are those of the Hyper-V documentation (<c>Guest\Parameters</c> of a Windows guest).</remarks>
public sealed record GuestParameters
{
    /// <summary>Gets the name of the host.</summary>
    public string? HostName { get; init; }

    /// <summary>Gets the name of the physical host: that of the node, where the host is a cluster.</summary>
    public string? PhysicalHostName { get; init; }

    /// <summary>Gets the physical host's name with its domain.</summary>
    public string? PhysicalHostNameFullyQualified { get; init; }

    /// <summary>Gets the name of the VM as the host shows it; people change it.</summary>
    public string? VirtualMachineName { get; init; }

    /// <summary>Gets the id of the VM, which stays for its life.</summary>
    public Guid? VirtualMachineId { get; init; }

    /// <summary>Reads them from the daemon's files on a Linux guest.</summary>
    /// <exception cref="KvpTransportException">The file does not exist or cannot be read.</exception>
    public static async ValueTask<GuestParameters> ReadAsync(
        LinuxGuestTransportOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        LinuxGuestTransport.CheckPlatform();
        string path = LinuxGuestTransport.PoolPath(options, PoolNumber.Parameters);
        PoolImage image;
        using (PoolFile file = await PoolFile.OpenAsync(
            path, PoolAccess.Read, options.LockTimeout, options.TimeProvider, cancellationToken).ConfigureAwait(false))
        {
            image = PoolImage.Read(file);
        }

        using (image)
        {
            Visitor visitor = new();
            PoolReader.Visit(image, hiddenPrefix: [], visitor);
            return visitor.Parameters;
        }
    }

    private sealed class Visitor : IKvpItemVisitor
    {
        internal GuestParameters Parameters { get; private set; } = new();

        public void Visit(ReadOnlySpan<char> key, ReadOnlySpan<char> value) => Parameters = key switch
        {
            "HostName" => Parameters with { HostName = value.ToString() },
            "PhysicalHostName" => Parameters with { PhysicalHostName = value.ToString() },
            "PhysicalHostNameFullyQualified" =>
                Parameters with { PhysicalHostNameFullyQualified = value.ToString() },
            "VirtualMachineName" => Parameters with { VirtualMachineName = value.ToString() },
            "VirtualMachineId" => Parameters with { VirtualMachineId = Guid.TryParse(value, out Guid id) ? id : null },
            _ => Parameters,
        };
    }
}
