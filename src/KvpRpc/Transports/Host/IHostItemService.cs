namespace KvpRpc.Transports.Host;

/// <summary>The host service's hold on the host items of one VM: what a <see cref="HostTableWriter"/> writes
/// through.</summary>
internal interface IHostItemService
{
    /// <summary>Calls one of the three methods and waits for the job, where one was started.</summary>
    /// <param name="method">The method.</param>
    /// <param name="items">At most 128; the list is used again after the call.</param>
    /// <param name="cancellationToken">Gives up waiting; what was asked may still happen.</param>
    /// <returns>The method's return value or, where a job was started, the job's error code.</returns>
    /// <exception cref="KvpTransportException">The method was not called, and nothing of it can happen
    /// later.</exception>
    ValueTask<HostReturnCode> CallAsync(
        HostMethod method, IReadOnlyList<HostDataItem> items, CancellationToken cancellationToken);

    /// <summary>Reads <c>HostExchangeItems</c>.</summary>
    /// <exception cref="KvpTransportException">They could not be read.</exception>
    ValueTask ReadHostItemsAsync(IKvpItemVisitor visitor, CancellationToken cancellationToken);
}
