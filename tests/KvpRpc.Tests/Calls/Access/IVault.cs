namespace KvpRpc.Tests.Calls.Access;

/// <summary>A contract whose methods are guarded in different ways.</summary>
[KvpService(Name = "test.Vault")]
public interface IVault
{
    Task<string> ReadAsync(string name);

    Task WriteAsync(string name, string text);

    IAsyncEnumerable<string> ListAsync(CancellationToken cancellationToken = default);

    [KvpMethod(OneWay = true)]
    Task TouchAsync(string name);
}
