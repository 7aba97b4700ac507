using MessagePack;

namespace KvpRpc.Generator.Tests.Contracts;

/// <summary>A contract as a user would write it.</summary>
[KvpService(Name = "contoso.Patching")]
public interface IPatching
{
    [Idempotent]
    Task<PatchReport> InstallAsync(
        PatchRequest request, string reason = "none", CancellationToken cancellationToken = default);

    ValueTask<int> CountAsync();

    Task RebootAsync(int delay, CancellationToken cancellationToken);

    ValueTask PingAsync(CancellationToken cancellationToken);

    [KvpMethod(OneWay = true)]
    Task NotifyAsync(string text, byte[]? payload);

    [KvpMethod(OneWay = true, Id = "log")]
    ValueTask LogAsync(string text);
}

[MessagePackObject]
public sealed record PatchRequest([property: Key(0)] string Name, [property: Key(1)] int[] Numbers);

[MessagePackObject]
public sealed class PatchReport
{
    [Key(0)]
    public bool Succeeded { get; set; }

    [Key(2)]
    public string? Text { get; set; }
}
