namespace KvpRpc.Cli.Demo.Contracts;

/// <summary>What a guest of the demo offers its host.</summary>
[KvpService(Name = "demo.GuestMachine")]
internal interface IGuestMachine
{
    /// <summary>Says what the guest runs on.</summary>
    Task<MachineFacts> DescribeAsync(CancellationToken cancellationToken);

    /// <summary>Asks the host who this guest is, and says what came.</summary>
    Task<HostAnswer> AskHostAsync(CancellationToken cancellationToken);

    /// <summary>Gives the SHA-256 of a text in hexadecimal.</summary>
    Task<string> HashAsync(string text, CancellationToken cancellationToken);

    /// <summary>Gives the bytes back.</summary>
    Task<byte[]> EchoAsync(byte[] bytes, CancellationToken cancellationToken);

    /// <summary>Gives the size of a file of the guest.</summary>
    /// <exception cref="RpcException">NotFound: there is no such file.</exception>
    Task<long> GetFileSizeAsync(string path, CancellationToken cancellationToken);

    /// <summary>Waits until the call is cancelled: work that does not end.</summary>
    /// <param name="name">The name of this wait, which no other has.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task WaitAsync(string name, CancellationToken cancellationToken);

    /// <summary>Completes when a wait runs.</summary>
    Task WhenWaitBeganAsync(string name, CancellationToken cancellationToken);

    /// <summary>Completes when a wait was cancelled; says how long it ran, in milliseconds.</summary>
    Task<double> WhenWaitWasCancelledAsync(string name, CancellationToken cancellationToken);
}
