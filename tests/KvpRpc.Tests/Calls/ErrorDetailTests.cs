using CsCheck;
using KvpRpc.Calls;
using KvpRpc.Generated;
using MessagePack;

namespace KvpRpc.Tests.Calls;

/// <summary>What is said of an error for programs.</summary>
public sealed class ErrorDetailTests
{
    [Fact]
    public async Task Well_known_details_cross()
    {
        await using PeerPair peers = new();
        RpcErrorInfo info = new("DISK_FULL", "example.com", new Dictionary<string, string> { ["disk"] = "C" });
        RpcInvalidArguments arguments = new([new("patch.Id", "is empty"), new("when", "is past")]);
        peers.Service.OnRun = (_, _) =>
            throw new RpcException(StatusCode.InvalidArgument, "no") { Details = [info, arguments] };
        RpcException error = await Wait.ForError(peers.Client.RunAsync("x"));
        Assert.Equal(2, error.Details.Count);
        Assert.Equal(("DISK_FULL", "example.com"),
            (error.GetDetail<RpcErrorInfo>()!.Reason, error.GetDetail<RpcErrorInfo>()!.Domain));
        Assert.Equal(info.Parameters, error.GetDetail<RpcErrorInfo>()!.Parameters);
        Assert.Equal(arguments.Arguments, error.GetDetail<RpcInvalidArguments>()!.Arguments);
        Assert.Null(error.GetDetail<RpcExceptionInfo>());
    }

    [Fact]
    public async Task The_exception_crosses_only_where_it_is_switched_on()
    {
        static Task<string> Throw(string text, CancellationToken token) =>
            throw new InvalidOperationException("outer", new IOException("inner"));

        await using (PeerPair peers = new())
        {
            peers.Service.OnRun = Throw;
            RpcException error = await Wait.ForError(peers.Client.RunAsync("x"));
            Assert.Equal("The method failed.", error.Message);
            Assert.Empty(error.Details);
        }

        await using (PeerPair peers = new(right: new() { IncludeExceptionDetails = true }))
        {
            peers.Service.OnRun = Throw;
            RpcException error = await Wait.ForError(peers.Client.RunAsync("x"));
            RpcExceptionInfo info = error.GetDetail<RpcExceptionInfo>()!;
            Assert.Equal(("System.InvalidOperationException", "outer"), (info.Type, info.Message));
            Assert.Contains(nameof(Throw), info.StackTrace, StringComparison.Ordinal);
            Assert.Equal(("System.IO.IOException", "inner"), (info.Inner!.Type, info.Inner.Message));
        }
    }

    [Fact]
    public async Task A_type_that_both_sides_have_registered_crosses_and_another_is_left_out()
    {
        RpcErrorDetails.Register<Quota>("test.Quota", new(
            (ref MessagePackWriter writer, in Quota quota) => writer.Write(quota.Left),
            (ref MessagePackReader reader) => new(reader.ReadInt32())));
        await using PeerPair peers = new();
        peers.Service.OnRun = (_, _) =>
            throw new RpcException(StatusCode.ResourceExhausted, "no") { Details = [new object(), new Quota(3)] };
        RpcException error = await Wait.ForError(peers.Client.RunAsync("x"));
        Assert.Equal(new Quota(3), Assert.Single(error.Details));
        Assert.Contains(peers.RightLog.Lines, line => line.Id == 115);
    }

    [Fact]
    public async Task Details_that_are_too_large_are_left_out_and_the_error_crosses()
    {
        await using PeerPair peers = new();
        RpcErrorInfo small = new("A", "b", new Dictionary<string, string>());
        peers.Service.OnRun = (_, _) => throw new RpcException(StatusCode.Aborted, new string('m', 10_000))
        {
            Details = [small with { Reason = new string('r', 20_000) }, small],
            Trailers = new() { { "text", new string('t', 8000) } },
        };
        RpcException error = await Wait.ForError(peers.Client.RunAsync("x"));
        Assert.Equal(StatusCode.Aborted, error.StatusCode);
        Assert.Equal("A", Assert.IsType<RpcErrorInfo>(Assert.Single(error.Details)).Reason);
        Assert.Equal(8000, error.Trailers.GetText("text")!.Length);
    }

    [Fact]
    public void Bytes_that_are_no_details_are_none() =>
        Gen.Byte.Array[0, 60].Sample(bytes => { ErrorDetails.Decode(bytes); }, iter: 50_000);

    [Fact]
    public void Almost_right_bytes_are_read_or_are_none()
    {
        RpcException thrown = new(StatusCode.Unknown, "x")
        {
            Details =
            [
                new RpcErrorInfo("A", "b", new Dictionary<string, string> { ["c"] = "d" }),
                new RpcInvalidArguments([new("e", "f")]),
                new RpcExceptionInfo("T", "m", "at", new("U", "n", null, null)),
            ],
        };
        byte[] whole = ErrorDetails.Encode(thrown.Details, 4000, out int left).ToArray();
        Assert.Equal(0, left);
        Assert.Equal(3, ErrorDetails.Decode(whole).Count);
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte).Sample(
            (at, value) =>
            {
                byte[] changed = [.. whole];
                changed[at] = value;
                ErrorDetails.Decode(changed);
            },
            iter: 50_000);
    }

    private sealed record Quota(int Left);
}
