//! An answer's body that holds its call's place among the open ones until its peer takes the end.
//!
//! The last byte of a message goes by itself. hyper hands a message on as soon as its peer takes
//! one byte of it, and asks for what comes next; with the message in two, it asks for the end only
//! once its peer takes all of it. A peer that takes one byte would hold its call open otherwise,
//! and its place would be given back.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http_body::{Body, Frame};
use pin_project_lite::pin_project;

use crate::calls::Place;

pin_project! {
    /// The body; gives the place back when dropped.
    #[derive(Debug)]
    pub struct Held<B> {
        #[pin]
        inner: B,
        last_byte: Option<Bytes>,
        _place: Option<Place>,
    }
}

impl<B> Held<B> {
    /// `inner` as it is, with the place of its call; a refusal has none.
    pub fn new(inner: B, place: Option<Place>) -> Self {
        Self {
            inner,
            last_byte: None,
            _place: place,
        }
    }
}

impl<B: Body<Data = Bytes>> Body for Held<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let this = self.project();
        if let Some(byte) = this.last_byte.take() {
            return Poll::Ready(Some(Ok(Frame::data(byte))));
        }
        let mut frame = ready!(this.inner.poll_frame(cx));
        if let Some(Ok(frame)) = &mut frame
            && let Some(data) = frame.data_mut()
            && data.len() > 1
        {
            *this.last_byte = Some(data.split_off(data.len() - 1));
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.last_byte.is_none() && self.inner.is_end_stream()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use http_body_util::{BodyExt, StreamBody};
    use tonic::Status;

    use super::*;
    use crate::calls::Calls;

    #[tokio::test]
    async fn the_place_is_held_until_the_end_which_comes_after_the_last_byte() {
        let calls = Arc::new(Calls::new(1, None));
        let message = tokio_stream::once(Ok::<_, Status>(Frame::data(Bytes::from("books"))));
        let body = StreamBody::new(message);
        let mut body = Box::pin(Held::new(body, calls.enter(None)));
        for part in ["book", "s"] {
            let frame = body.frame().await;
            let data = frame.unwrap().unwrap().into_data();
            assert_eq!(data.unwrap(), part);
            assert!(calls.enter(None).is_none(), "the place is free");
        }
        assert!(body.frame().await.is_none());
        drop(body);
        assert!(calls.enter(None).is_some());
    }
}
