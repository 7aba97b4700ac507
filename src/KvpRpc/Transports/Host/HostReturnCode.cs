using System.Globalization;

namespace KvpRpc.Transports.Host;

/// <summary>What a method of the host service, or its job, returned.</summary>
/// <remarks>Numbers from the documentation of <c>AddKvpItems</c>, <c>ModifyKvpItems</c> and <c>RemoveKvpItems</c> in
/// <c>Msvm_VirtualSystemManagementService</c>; 32779 was seen on newer builds.</remarks>
/// <param name="Value">The number.</param>
internal readonly record struct HostReturnCode(uint Value)
{
    internal static readonly HostReturnCode Completed = new(0);
    internal static readonly HostReturnCode JobStarted = new(4096);
    internal static readonly HostReturnCode Failed = new(32768);
    internal static readonly HostReturnCode AccessDenied = new(32769);
    internal static readonly HostReturnCode NotSupported = new(32770);
    internal static readonly HostReturnCode Unknown = new(32771);
    internal static readonly HostReturnCode Timeout = new(32772);
    internal static readonly HostReturnCode InvalidParameter = new(32773);
    internal static readonly HostReturnCode InUse = new(32774);
    internal static readonly HostReturnCode InvalidState = new(32775);
    internal static readonly HostReturnCode WrongType = new(32776);
    internal static readonly HostReturnCode NotAvailable = new(32777);
    internal static readonly HostReturnCode OutOfMemory = new(32778);
    internal static readonly HostReturnCode NotFound = new(32779);

    /// <summary>Gets whether everything that was asked has happened.</summary>
    internal bool IsSuccess => Value == 0;

    /// <summary>Gets whether an item that is not there after this answer may still come: the service does not say
    /// that it has ended.</summary>
    internal bool MayLandLater => this == Unknown || this == Timeout || this == JobStarted || !IsKnown;

    private bool IsKnown => IsSuccess || this == JobStarted || Value is >= 32768 and <= 32779;

    /// <summary>Says what the code means and what to do about it.</summary>
    internal string Describe(HostMethod method) => string.Create(
        CultureInfo.InvariantCulture, $"{method}KvpItems returned {Value}: {Meaning}");

    private string Meaning => Value switch
    {
        0 => "completed.",
        4096 => "a job was started whose end was not seen.",
        32768 => "failed. The event log Hyper-V-VMMS of the host may say why.",
        32769 => "access denied. Run as a member of Hyper-V Administrators, elevated.",
        32770 => "not supported by this host.",
        32771 => "the service does not know what came of it.",
        32772 => "timed out.",
        32773 => "invalid parameter: an item exists already, does not exist, or holds what the service does not take.",
        32774 => "the VM is in use by another operation. Try again.",
        32775 => "the VM is in a state in which its items cannot be written.",
        32776 => "wrong type of parameter.",
        32777 => "not available now. Try again.",
        32778 => "out of memory, or the VM has too many items.",
        32779 => "not found: an item does not exist.",
        _ => "a code that Microsoft does not document.",
    };
}
